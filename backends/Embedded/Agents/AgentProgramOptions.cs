using System.ComponentModel.DataAnnotations;

namespace Trainyard.Backends.Agents;

/// <summary>Settings of the agent that the embedded service starts for its own machine.</summary>
public sealed class AgentProgramOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Agent";

    /// <summary>
    /// The agent's program: a <c>.dll</c> (run by the same .NET as the service) or an executable.
    /// Default <c>agent/Trainyard.Agent.dll</c> beside the service.
    /// </summary>
    [Required]
    public string Program { get; set; } = Path.Combine(AppContext.BaseDirectory, "agent", "Trainyard.Agent.dll");
}
