using System.Text.Json;
using Trainyard.Cli.Json;

namespace Trainyard.Cli.Following;

/// <summary>Drops statuses that were already printed, because a reopened stream repeats the history.</summary>
internal sealed class StatusFilter
{
    private StatusEvent? _last;

    /// <summary>The start of the last phase that was printed; null before the first.</summary>
    public DateTimeOffset? Latest => _last?.At;

    public bool IsNews(RunEvent item)
    {
        if (item.Kind is not RunEvent.Status)
        {
            return true;
        }
        var status = JsonSerializer.Deserialize(item.Data, CliJson.Wire.StatusEvent);
        if (status is null || status == _last || status.At < _last?.At)
        {
            return false;
        }
        _last = status;
        return true;
    }
}
