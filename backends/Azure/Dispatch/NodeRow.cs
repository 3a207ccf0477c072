using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// The row of a node that asked for work. Writes merge into the row and never replace it: a write that the node was
/// seen must not change whether the node is retired.
/// </summary>
internal sealed record NodeRow(string Name, int Gpus, int Slots, long SeenAt, long BusyAt, bool IsRetired, ETag Version)
{
    public required string Pool { get; init; }

    /// <summary>The partition of the row.</summary>
    public required string Partition { get; init; }

    /// <summary>Whether an operator keeps new runs away from the node.</summary>
    public bool IsDrained { get; init; }

    public string? Sandbox { get; init; }

    /// <summary>As JSON.</summary>
    public string? Facts { get; init; }

    /// <summary>As JSON.</summary>
    public string? Standing { get; init; }

    /// <summary>A mark that each lease to the node changes; empty before the first.</summary>
    public string LastLease { get; init; } = "";

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

    /// <summary>The columns that a request for work sets.</summary>
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

    /// <summary>The columns that a lease sets while the node holds it.</summary>
    public static TableEntity WriteBusy(string node, DateTimeOffset now) =>
        new(DispatchKeys.PartitionOfNode(node), DispatchKeys.Node(node))
        {
            [nameof(SeenAt)] = now.UtcTicks,
            [nameof(BusyAt)] = now.UtcTicks,
        };

    /// <summary>The columns that a new lease sets.</summary>
    public static TableEntity WriteLeased(string node, string mark, DateTimeOffset now)
    {
        var row = WriteBusy(node, now);
        row[nameof(LastLease)] = mark;
        return row;
    }

    /// <summary>The column that the way back from a lease sets.</summary>
    public static TableEntity WriteMark(string node, string mark) =>
        new(DispatchKeys.PartitionOfNode(node), DispatchKeys.Node(node)) { [nameof(LastLease)] = mark };

    /// <summary>The column that a retirement sets.</summary>
    public static TableEntity WriteRetired(string node) =>
        new(DispatchKeys.PartitionOfNode(node), DispatchKeys.Node(node)) { [nameof(IsRetired)] = true };

    /// <summary>The column that an operator's drain sets.</summary>
    public static TableEntity WriteDrained(string node, bool isDrained) =>
        new(DispatchKeys.PartitionOfNode(node), DispatchKeys.Node(node)) { [nameof(IsDrained)] = isDrained };

    /// <summary>The column that the end of an attempt sets on its node.</summary>
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
            // Rows older than this column: assume that the node was never busy.
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
            LastLease = entity.GetString(nameof(LastLease)) ?? "",
        };
}
