using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// A node that asked for work, as its row keeps it. The row is merged, never replaced: who says that the node is there says
/// nothing of whether it is retired.
/// </summary>
internal sealed record NodeRow(string Name, int Gpus, int Slots, long SeenAt, long BusyAt, bool IsRetired, ETag Version)
{
    public required string Pool { get; init; }

    /// <summary>Where it is.</summary>
    public required string Partition { get; init; }

    /// <summary>Whether an operator lets it have no new runs.</summary>
    public bool IsDrained { get; init; }

    public string? Sandbox { get; init; }

    /// <summary>As JSON.</summary>
    public string? Facts { get; init; }

    /// <summary>As JSON.</summary>
    public string? Standing { get; init; }

    public NodeStanding ReadStanding() =>
        Standing is null
            ? NodeStanding.Good
            : JsonSerializer.Deserialize<NodeStanding>(Standing, WireJson.Options) ?? NodeStanding.Good;

    public PoolNode ToPoolNode(int leasedSlots, DateTimeOffset now)
    {
        var standing = ReadStanding();
        return new PoolNode
        {
            Name = Name,
            Pool = Pool,
            IsDrained = IsDrained,
            Gpus = Gpus,
            Slots = Slots,
            LeasedSlots = leasedSlots,
            SeenAt = new DateTimeOffset(SeenAt, TimeSpan.Zero),
            IdleSince = new DateTimeOffset(BusyAt, TimeSpan.Zero),
            IsRetired = IsRetired,
            Sandbox = Sandbox,
            Facts = FactsText.Read(Facts),
            Standing = standing,
            SetAsideUntil = standing.SetAsideUntil(now),
        };
    }

    /// <summary>What a question for work tells.</summary>
    public static TableEntity Write(NodeOffer offer, DateTimeOffset now) =>
        new(DispatchKeys.PartitionOfNode(offer.Node), DispatchKeys.Node(offer.Node))
        {
            [nameof(Name)] = offer.Node,
            [nameof(NodeOffer.Pool)] = offer.Pool,
            [nameof(Gpus)] = offer.Gpus,
            [nameof(Slots)] = offer.Slots,
            [nameof(Sandbox)] = offer.Sandbox ?? "",
            [nameof(Facts)] = FactsText.Write(offer.Facts) ?? "",
            [nameof(SeenAt)] = now.UtcTicks,
        };

    /// <summary>What a lease tells that the node holds or is given.</summary>
    public static TableEntity WriteBusy(string node, DateTimeOffset now) =>
        new(DispatchKeys.PartitionOfNode(node), DispatchKeys.Node(node))
        {
            [nameof(SeenAt)] = now.UtcTicks,
            [nameof(BusyAt)] = now.UtcTicks,
        };

    /// <summary>What a retirement tells.</summary>
    public static TableEntity WriteRetired(string node) =>
        new(DispatchKeys.PartitionOfNode(node), DispatchKeys.Node(node)) { [nameof(IsRetired)] = true };

    /// <summary>What an operator decides.</summary>
    public static TableEntity WriteDrained(string node, bool isDrained) =>
        new(DispatchKeys.PartitionOfNode(node), DispatchKeys.Node(node)) { [nameof(IsDrained)] = isDrained };

    /// <summary>What the end of an attempt tells of its node.</summary>
    public static TableEntity WriteStanding(string node, NodeStanding standing) =>
        new(DispatchKeys.PartitionOfNode(node), DispatchKeys.Node(node))
        {
            [nameof(Standing)] = JsonSerializer.Serialize(standing, WireJson.Options),
        };

    public static NodeRow Read(TableEntity entity) =>
        new(
            entity.GetString(nameof(Name)),
            entity.GetInt32(nameof(Gpus))!.Value,
            entity.GetInt32(nameof(Slots))!.Value,
            entity.GetInt64(nameof(SeenAt))!.Value,
            // Rows of before there was this column: nothing speaks for their having been busy.
            entity.GetInt64(nameof(BusyAt)) ?? 0,
            entity.GetBoolean(nameof(IsRetired)) ?? false,
            entity.ETag
        )
        {
            Pool = entity.GetString(nameof(NodeOffer.Pool)) ?? "",
            Partition = entity.PartitionKey,
            IsDrained = entity.GetBoolean(nameof(IsDrained)) ?? false,
            Sandbox = entity.GetString(nameof(Sandbox)) is { Length: > 0 } sandbox ? sandbox : null,
            Facts = entity.GetString(nameof(Facts)) is { Length: > 0 } facts ? facts : null,
            Standing = entity.GetString(nameof(Standing)),
        };
}
