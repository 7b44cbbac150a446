module lifeboat/testbed/orders

go 1.26
