using System.Text.Json;

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

    /// <summary>The processes that were still there when the agent gave up killing them.</summary>
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

    public void Write(string file) => File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(this));
}

/// <summary>
/// A process by its number and its start time, which distinguishes it from a later process with that number.
/// </summary>
internal sealed record RemainingProcess(int Pid, long StartTime);
