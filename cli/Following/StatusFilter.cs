using System.Text.Json;
using Trainyard.Cli.Json;

namespace Trainyard.Cli.Following;

/// <summary>Holds back statuses that were told before: a stream that is opened again tells the history again.</summary>
internal sealed class StatusFilter
{
    private StatusEvent? _last;

    /// <summary>When the last phase that was told began; null before the first.</summary>
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
