// The CDK's schema validation of every synth costs 10 s and 300 MB; CI runs it once in `npx cdk synth`.
process.env.CDK_VALIDATION = 'false';
