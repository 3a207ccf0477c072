using System.Text.Json;

namespace Trainyard.Agent.Processes;

/// <summary>
/// Names a command's processes beyond doubt: the leader of their session and when it started, and a variable that
/// all of them inherit. Written beside the attempt, so that the next agent finds what a killed one left.
/// </summary>
internal sealed record ProcessMark(int Leader, long StartTime, string Variable)
{
    /// <summary>The node's slots that they use.</summary>
    public IReadOnlyList<int> Slots { get; init; } = [];

    /// <summary>Their control group; null where there is none.</summary>
    public string? ControlGroup { get; init; }

    /// <summary>Those that were there when killing them was given up.</summary>
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

/// <summary>A process by its number, and by its start that tells it from a later one of that number.</summary>
internal sealed record RemainingProcess(int Pid, long StartTime);
