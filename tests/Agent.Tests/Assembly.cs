// Most of these tests wait, for an agent or for a time to pass, and use no processor meanwhile.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
