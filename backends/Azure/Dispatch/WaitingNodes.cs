using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// The nodes that wait for a run, here and at other instances. While a run on several nodes waits, the instances tell each
/// other theirs, so that one of them can lease it to nodes of several.
/// </summary>
internal sealed class WaitingNodes(WaitingRows rows, Dispatcher dispatcher, TimeProvider time)
{
    private static readonly TimeSpan ExchangeEvery = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _here = [];
    private readonly Dictionary<string, string> _elsewhere = [];
    private readonly Dictionary<string, string> _used = [];
    private readonly HashSet<RunId> _gangs = [];
    private long? _exchangedAt;

    /// <summary>Records that a node asked here; a newer request of the node replaces an older one.</summary>
    public void Begin(NodeOffer offer, object request)
    {
        lock (_lock)
        {
            _here[offer.Node] = new Entry(offer, request);
        }
    }

    /// <summary>Records that the node may be given runs, and the mark of its last lease.</summary>
    public void Wait(NodeRow node, object request)
    {
        lock (_lock)
        {
            if (_here.GetValueOrDefault(node.Name) is { } entry && entry.Request == request)
            {
                entry.LastLease = node.LastLease;
            }
        }
    }

    public void Leave(string node, object request)
    {
        lock (_lock)
        {
            if (_here.GetValueOrDefault(node)?.Request == request)
            {
                _here.Remove(node);
            }
        }
    }

    /// <summary>Whether a run was leased to the node since it asked here, perhaps by another instance.</summary>
    public bool IsGiven(string node, object request)
    {
        lock (_lock)
        {
            return _here.GetValueOrDefault(node) is { IsGiven: true } entry && entry.Request == request;
        }
    }

    /// <summary>Whether a node was given a run since it began to wait, as far as is known here.</summary>
    public bool IsTaken(NodeRow node)
    {
        lock (_lock)
        {
            var known = _here.GetValueOrDefault(node.Name)?.LastLease ?? _elsewhere.GetValueOrDefault(node.Name);
            return known is not null && known != node.LastLease;
        }
    }

    public bool IsHere(string node)
    {
        lock (_lock)
        {
            return _here.ContainsKey(node);
        }
    }

    /// <summary>
    /// Asks a node that waits elsewhere no more, until its instance tells that it asked again. False if none of that name
    /// waits elsewhere.
    /// </summary>
    public bool Use(string node)
    {
        lock (_lock)
        {
            if (!_elsewhere.Remove(node, out var lastLease))
            {
                return false;
            }
            _used[node] = lastLease;
            return true;
        }
    }

    /// <summary>Follows the state of an attempt.</summary>
    public void Know(AttemptRecord record)
    {
        lock (_lock)
        {
            if (record is { State: AttemptState.Queued, Nodes: > 1 })
            {
                _gangs.Add(record.RunId);
                return;
            }
            _gangs.Remove(record.RunId);
            if (record.State is AttemptState.Leased)
            {
                foreach (var learner in record.Learners)
                {
                    if (_here.GetValueOrDefault(learner.Node) is { } entry)
                    {
                        entry.IsGiven = true;
                    }
                }
            }
        }
    }

    public void Forget(RunId id)
    {
        lock (_lock)
        {
            _gangs.Remove(id);
        }
    }

    /// <summary>
    /// While a run on several nodes waits: tells the other instances which nodes wait here, and reads which wait there.
    /// </summary>
    /// <param name="readNodes">Reads the rows of nodes, if these are not all known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ExchangeAsync(Func<IEnumerable<string>, Task> readNodes, CancellationToken cancellationToken)
    {
        List<WaitingNode> here;
        lock (_lock)
        {
            if (_exchangedAt is { } last && time.GetElapsedTime(last) < ExchangeEvery)
            {
                return;
            }
            if (_gangs.Count == 0)
            {
                ForgetElsewhere();
                return;
            }
            _exchangedAt = time.GetTimestamp();
            here =
            [
                .. _here
                    .Values.Where(entry => entry is { LastLease: not null, IsGiven: false })
                    .Select(entry => new WaitingNode(entry.Offer, entry.LastLease!)),
            ];
        }
        await rows.WriteAsync(here, cancellationToken);
        var others = await rows.OthersAsync(cancellationToken);
        await readNodes(others.Select(node => node.Offer.Node));
        Set(others);
    }

    private void Set(IReadOnlyList<WaitingNode> nodes)
    {
        List<NodeOffer> offers = [];
        lock (_lock)
        {
            _elsewhere.Clear();
            foreach (var node in nodes)
            {
                if (!_here.ContainsKey(node.Offer.Node) && _used.GetValueOrDefault(node.Offer.Node) != node.LastLease)
                {
                    _elsewhere[node.Offer.Node] = node.LastLease;
                    offers.Add(node.Offer);
                }
            }
            var told = nodes.Select(node => node.Offer.Node).ToHashSet();
            foreach (var gone in _used.Keys.Where(node => !told.Contains(node)).ToList())
            {
                _used.Remove(gone);
            }
        }
        dispatcher.SetElsewhere(offers);
    }

    private void ForgetElsewhere()
    {
        if (_elsewhere.Count > 0)
        {
            _elsewhere.Clear();
            dispatcher.SetElsewhere([]);
        }
    }

    private sealed class Entry(NodeOffer offer, object request)
    {
        public NodeOffer Offer => offer;

        public object Request => request;

        /// <summary>Null while the node may be given nothing.</summary>
        public string? LastLease { get; set; }

        public bool IsGiven { get; set; }
    }
}

/// <summary>A node that waits for a run.</summary>
/// <param name="Offer">What it offers.</param>
/// <param name="LastLease">The mark of its last lease when it asked: if it has another one, it was given a run since.</param>
internal sealed record WaitingNode(NodeOffer Offer, string LastLease);
