namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>The result of a login: the account's address and its temporary token.</summary>
internal sealed record SwiftToken(Uri Account, string Value, DateTimeOffset? Expires)
{
    // The token is not used this close to its expiry, because a request takes time.
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(2);

    public bool IsGoodAt(DateTimeOffset now) => Expires is not { } end || now < end - Reserve;

    public override string ToString() => nameof(SwiftToken);
}
