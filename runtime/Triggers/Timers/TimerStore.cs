using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Runtime.Triggers.Hosting;
using Trainyard.Runtime.Triggers.State;
using Trainyard.Storage;

namespace Trainyard.Runtime.Triggers.Timers;

/// <summary>Keeps the status of each schedule in a file of its own.</summary>
internal sealed class TimerStore(HostFolder folder)
{
    public ScheduleStatus? Load(string function)
    {
        var path = PathOf(function);
        if (!File.Exists(path))
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), TimerStoreContext.Default.ScheduleStatus);
        }
        catch (JsonException)
        {
            // A damaged status file costs one missed catch-up, but must not keep the service from starting.
            return null;
        }
    }

    public void Save(string function, ScheduleStatus status)
    {
        HostFolder.Create(folder.File("timers"));
        DurableFiles.WritePrivate(
            PathOf(function),
            JsonSerializer.SerializeToUtf8Bytes(status, TimerStoreContext.Default.ScheduleStatus)
        );
    }

    private string PathOf(string function) => folder.File("timers", $"{function}.json");
}

[JsonSerializable(typeof(ScheduleStatus))]
internal sealed partial class TimerStoreContext : JsonSerializerContext;
