namespace Trainyard.Agent.Transfers;

/// <summary>Reads the version of an object from an answer.</summary>
internal static class StoreTag
{
    /// <returns>The ETag as the store wrote it, possibly without quotes; null without a strong ETag.</returns>
    public static string? Of(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues("ETag", out var values)
        && values.FirstOrDefault() is { Length: > 0 } tag
        && !tag.StartsWith("W/", StringComparison.Ordinal)
            ? tag
            : null;

    /// <summary>Whether two tags are equal, with or without quotes.</summary>
    public static bool AreSame(string? one, string? other) =>
        one is not null && other is not null && one.AsSpan().Trim('"').SequenceEqual(other.AsSpan().Trim('"'));
}
