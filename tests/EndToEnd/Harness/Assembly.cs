// Whole services with their agents: side by side they would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
