namespace Trainyard.Agent.Tests;

/// <summary>The ways a command can be kept, for tests that must hold in all of them.</summary>
public static class Sandbox
{
    public static bool HasBubblewrap { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, "bwrap")));

    public static TheoryData<string> All => HasBubblewrap ? ["none", "bubblewrap"] : ["none"];
}
