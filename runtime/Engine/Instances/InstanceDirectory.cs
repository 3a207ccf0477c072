using System.Collections.Concurrent;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>
/// The instances in memory, by sequence number. All others exist in the database only and come back when something
/// happens to them.
/// </summary>
internal sealed class InstanceDirectory(DurableEngine engine, int maxWaiting)
{
    private readonly ConcurrentDictionary<long, Instance> _instances = [];
    private readonly ConcurrentQueue<(Instance Instance, int Stamp)> _waiting = [];

    public void Begin(InstanceRecord record)
    {
        var instance = new Instance(record, engine);
        _instances[record.Seq] = instance;
        instance.Wake();
    }

    /// <summary>An instance that starts later needs no memory until then.</summary>
    public void Schedule(InstanceRecord record) => engine.Timers.Set(record.Seq, record.StartAt);

    public void Deliver(long seq, Input input)
    {
        while (!Get(seq).Post(input))
        {
            // The instance was just leaving memory; the next lookup gives a new object.
        }
    }

    public void Wake(long seq)
    {
        while (!Get(seq).Wake())
        {
            // The instance was just leaving memory, as in Deliver.
        }
    }

    public void Remove(Instance instance) => _instances.TryRemove(new(instance.Seq, instance));

    /// <summary>
    /// Keeps a waiting instance in memory; the one that has waited longest makes room when there are too many.
    /// </summary>
    public void Park(Instance instance, int stamp)
    {
        _waiting.Enqueue((instance, stamp));
        while (_waiting.Count > maxWaiting && _waiting.TryDequeue(out var oldest))
        {
            oldest.Instance.TryEvict(oldest.Stamp);
        }
    }

    private Instance Get(long seq) => _instances.GetOrAdd(seq, (key, owner) => new Instance(key, owner), engine);
}
