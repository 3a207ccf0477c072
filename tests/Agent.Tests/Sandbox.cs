using Trainyard.Agent.Limits;

namespace Trainyard.Agent.Tests;

/// <summary>The ways a command can be kept, for tests that must hold in all of them.</summary>
public static class Sandbox
{
    public static bool HasBubblewrap { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, "bwrap")));

    public static TheoryData<string> All => HasBubblewrap ? ["none", "bubblewrap"] : ["none"];
}

/// <summary>The same for a test with several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SandboxTheoryAttribute : TheoryAttribute
{
    public SandboxTheoryAttribute() => Skip = Sandbox.HasBubblewrap ? null : "bubblewrap is not installed";
}

/// <summary>A test of the sandbox itself; skipped where bubblewrap is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SandboxFactAttribute : FactAttribute
{
    public SandboxFactAttribute() => Skip = Sandbox.HasBubblewrap ? null : "bubblewrap is not installed";
}

/// <summary>A test that changes users; skipped where the tests do not run as root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "only root can be another user";
}

/// <summary>A test of a limit; skipped where this machine does not let the tests set it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ControlGroupTheoryAttribute : TheoryAttribute
{
    private static readonly ControlGroupLayout Layout = ControlGroupProbe.OfThisProcess.Find();

    public ControlGroupTheoryAttribute(Controller controller) =>
        Skip = Layout.Folder(controller) is null ? $"{controller} cannot be limited here" : null;
}
