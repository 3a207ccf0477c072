using System.Text.Json;

namespace Trainyard.Chaos.Runs;

/// <summary>A run that the service accepted, and what was last seen of it.</summary>
internal sealed class SubmittedRun(string id, RunKind kind, bool onS3)
{
    public string Id => id;

    public RunKind Kind => kind;

    public bool OnS3 => onS3;

    public string State { get; private set; } = "pending";

    public string Phase { get; private set; } = "";

    public string? Reason { get; private set; }

    public string? Message { get; private set; }

    public int Attempt { get; private set; }

    public bool IsEnded { get; private set; }

    public bool IsCancelAccepted { get; set; }

    /// <summary>How often a cancel was sent. A second one, after an answer that was lost, ends storing too.</summary>
    public int Cancels { get; set; }

    public override string ToString() =>
        $"{id} ({kind.Name}, {(onS3 ? "s3" : "file")}): {State}/{Phase}, attempt {Attempt}, {Reason}: {Message}";

    /// <summary>Takes over what the service says of it.</summary>
    public void See(JsonElement run)
    {
        var status = run.GetProperty("entity").GetProperty("status");
        State = status.GetProperty("state").GetString() ?? "";
        Phase = Text(status, "phase") ?? "";
        Attempt = status.TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : 0;
        IsEnded = status.TryGetProperty("finished_at", out var at) && at.ValueKind == JsonValueKind.String;
        if (status.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.Object)
        {
            (Reason, Message) = (Text(reason, "code"), Text(reason, "message"));
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
