namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>What a login gave: the account's address, and the token that opens it for a while.</summary>
internal sealed record SwiftToken(Uri Account, string Value, DateTimeOffset? Expires)
{
    // So long before its end it is not used any more: a request takes its time.
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(2);

    public bool IsGoodAt(DateTimeOffset now) => Expires is not { } end || now < end - Reserve;

    public override string ToString() => nameof(SwiftToken);
}
