using System.Text.Json;
using Trainyard.Agent.Files;

namespace Trainyard.Agent.Processes;

/// <summary>
/// Identifies a command's processes: the leader of their session and its start time, and a variable that all processes
/// inherit. Stored next to the attempt, so that the next agent finds what a killed agent left.
/// </summary>
internal sealed record ProcessMark(int Leader, long StartTime, string Variable)
{
    /// <summary>The node's slots that the processes use.</summary>
    public IReadOnlyList<int> Slots { get; init; } = [];

    /// <summary>The control group of the processes; null without one.</summary>
    public string? ControlGroup { get; init; }

    /// <summary>The machine's start that the times count from; null in marks of older agents.</summary>
    public string? Boot { get; init; }

    /// <summary>
    /// Whether a process of the command could hide from an agent that did not see it begin: there was neither a
    /// sandbox nor a control group.
    /// </summary>
    public bool CanHide { get; init; }

    /// <summary>
    /// Processes that belong to the command whatever their session and variables are: those that were still there when
    /// the agent gave up killing them, and those that had hidden.
    /// </summary>
    public IReadOnlyList<RemainingProcess> Remaining { get; init; } = [];

    public static ProcessMark? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<ProcessMark>(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether this machine has started anew since: no process of the command can be left.</summary>
    public bool IsOfEarlierBoot => Boot is not null && Boot != ThisBoot;

    /// <summary>Identifies the machine's last start; null where the kernel does not tell.</summary>
    public static string? ThisBoot { get; } = ReadBoot();

    /// <summary>Replaces the file in one step: an agent that is killed meanwhile leaves the old mark or the new one.</summary>
    public void Write(string file) => ReplacedFile.Write(file, this);

    private static string? ReadBoot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>
/// A process by its number and its start time, which distinguishes it from a later process with that number.
/// </summary>
internal sealed record RemainingProcess(int Pid, long StartTime);
