namespace Trainyard.Agent.Transfers;

/// <summary>Reads the ETag of a store's answer, which identifies the version of an object.</summary>
internal static class StoreTag
{
    /// <returns>
    /// The ETag as the store wrote it, possibly without quotes; null when there is none, or only a weak one.
    /// </returns>
    public static string? Of(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues("ETag", out var values)
        && values.FirstOrDefault() is { Length: > 0 } tag
        && !tag.StartsWith("W/", StringComparison.Ordinal)
            ? tag
            : null;

    /// <summary>Whether two ETags are equal, with or without quotes.</summary>
    public static bool AreSame(string? one, string? other) =>
        one is not null && other is not null && one.AsSpan().Trim('"').SequenceEqual(other.AsSpan().Trim('"'));
}
