// Each story has whole services, agents and faults: side by side they would disturb each other's times.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
