using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools;

/// <content>The nodes that wait at other processes.</content>
public sealed partial class Dispatcher
{
    // By pool and node.
    private readonly Dictionary<string, Dictionary<string, NodeOffer>> _elsewhere = [];

    /// <summary>
    /// Sets which nodes wait at other processes now. Only runs on several nodes get them, together with nodes that wait
    /// here.
    /// </summary>
    public void SetElsewhere(IEnumerable<NodeOffer> offers)
    {
        lock (_lock)
        {
            var told = offers
                .Where(offer => !_questions.ContainsKey(offer.Node))
                .DistinctBy(offer => offer.Node)
                .GroupBy(offer => offer.Pool)
                .ToDictionary(pool => pool.Key, pool => pool.ToDictionary(offer => offer.Node));
            foreach (var name in _elsewhere.Keys.Union(told.Keys).ToList())
            {
                SetElsewhere(name, told.GetValueOrDefault(name, []));
            }
        }
    }

    private void SetElsewhere(string name, Dictionary<string, NodeOffer> offers)
    {
        var pool = Of(name);
        foreach (var gone in _elsewhere.GetValueOrDefault(name, []).Keys.Except(offers.Keys))
        {
            // One that waits here by now goes on waiting.
            if (!_questions.ContainsKey(gone))
            {
                pool.StopAsking(gone);
            }
        }
        _elsewhere[name] = offers;
        foreach (var offer in offers.Values)
        {
            pool.AskElsewhere(offer.Node, NodeOffers.Free(offer));
        }
        Decide(name, pool);
    }

    // Of a node that waits, here or elsewhere.
    private NodeOffer? OfferOf(string pool, string node)
    {
        if (_questions.TryGetValue(node, out var question))
        {
            return question.Offer.Pool == pool ? question.Offer : null;
        }
        return _elsewhere.GetValueOrDefault(pool)?.GetValueOrDefault(node);
    }
}
