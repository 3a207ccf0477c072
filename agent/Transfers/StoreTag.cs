namespace Trainyard.Agent.Transfers;

/// <summary>Which version of an object an answer is of.</summary>
internal static class StoreTag
{
    /// <returns>As the store wrote it, which may be without quotes; null where it names none that binds.</returns>
    public static string? Of(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues("ETag", out var values)
        && values.FirstOrDefault() is { Length: > 0 } tag
        && !tag.StartsWith("W/", StringComparison.Ordinal)
            ? tag
            : null;

    /// <summary>Whether two of them are the same, however they are written.</summary>
    public static bool AreSame(string? one, string? other) =>
        one is not null && other is not null && one.AsSpan().Trim('"').SequenceEqual(other.AsSpan().Trim('"'));
}
