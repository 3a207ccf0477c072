using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>Inputs in the order they came. While the instance is suspended only control inputs leave it.</summary>
internal sealed class Mailbox
{
    private List<Input> _inputs = [];

    public int Count => _inputs.Count;

    public void Add(Input input) => _inputs.Add(input);

    public bool HasAny(bool isSuspended) => isSuspended ? _inputs.Exists(input => input.IsControl) : _inputs.Count > 0;

    /// <summary>Puts the stored inputs first and drops duplicates.</summary>
    public void Merge(IReadOnlyList<Input> kept)
    {
        if (kept.Count > 0)
        {
            var last = kept[^1].InboxId;
            _inputs = [.. kept, .. _inputs.Where(input => input.InboxId == 0 || input.InboxId > last)];
        }
    }

    /// <summary>Puts back the inputs that the ended generation did not take.</summary>
    public void Return(IEnumerable<Input> kept) => _inputs = [.. kept, .. _inputs];

    /// <returns>The inputs that a step may take now, and whether the instance is suspended after them.</returns>
    public (List<Input> Taken, bool IsSuspended) Take(bool isSuspended)
    {
        var (taken, held) = (new List<Input>(), new List<Input>());
        foreach (var input in _inputs)
        {
            if (input is Resumed)
            {
                isSuspended = false;
                taken.AddRange(held);
                held.Clear();
            }

            (isSuspended && !input.IsControl ? held : taken).Add(input);
            isSuspended |= input is Suspended;
        }

        _inputs = held;
        return (taken, isSuspended);
    }

    public Terminated? FindTerminated() => _inputs.OfType<Terminated>().FirstOrDefault();
}
