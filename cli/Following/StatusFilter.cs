using System.Text.Json;
using Trainyard.Cli.Json;

namespace Trainyard.Cli.Following;

/// <summary>Holds back statuses that were told before: a stream that is opened again tells the history again.</summary>
internal sealed class StatusFilter
{
    private StatusEvent? last;

    /// <summary>When the last phase that was told began; null before the first.</summary>
    public DateTimeOffset? Latest => last?.At;

    public bool IsNews(RunEvent item)
    {
        if (item.Kind is not RunEvent.Status)
            return true;
        var status = JsonSerializer.Deserialize(item.Data, CliJson.Wire.StatusEvent);
        if (status is null || status == last || status.At < last?.At)
            return false;
        last = status;
        return true;
    }
}
