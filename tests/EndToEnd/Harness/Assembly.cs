using System.Runtime.Versioning;

// Whole services with their agents: side by side they would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
// The processes of a test are found in /proc.
[assembly: SupportedOSPlatform("linux")]
