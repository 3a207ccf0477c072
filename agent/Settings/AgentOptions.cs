using System.ComponentModel.DataAnnotations;

namespace Trainyard.Agent.Settings;

/// <summary>Settings of an agent.</summary>
public sealed class AgentOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Agent";

    /// <summary>How commands are kept apart from the machine. Default <c>auto</c>.</summary>
    public SandboxMode Sandbox { get; set; } = SandboxMode.Auto;

    /// <summary>
    /// With bubblewrap and an agent that is root: the first of 256 users, by number, that commands run as, one for each slot;
    /// 1 to 2,000,000,000. Default 60800.
    /// </summary>
    [Range(1, 2_000_000_000)]
    public int CommandUser { get; set; } = 60800;

    /// <summary>How long one question for work may wait for an answer, 0 to 60 seconds. Default 25 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan LeaseWait { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// With <c>--home</c>: how long an idle agent looks for a service that does not answer before it ends,
    /// 1 second to 1 day. Default 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleExit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Objects of the data bucket fetched at once, 1 to 64. Default 8.</summary>
    [Range(1, 64)]
    public int Downloads { get; set; } = 8;

    /// <summary>Files staged at once, 1 to 64. Default 4.</summary>
    [Range(1, 64)]
    public int Uploads { get; set; } = 4;
}

/// <summary>How commands are kept apart from the machine.</summary>
public enum SandboxMode
{
    /// <summary>Bubblewrap where it works, else none with a warning.</summary>
    Auto,

    /// <summary>Bubblewrap; without it the agent does not run.</summary>
    Bubblewrap,

    /// <summary>None: commands run with the rights of the agent's user.</summary>
    None,
}
