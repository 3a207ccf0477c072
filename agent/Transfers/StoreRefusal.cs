using System.Text;
using System.Text.RegularExpressions;
using Trainyard.Agent.Files;

namespace Trainyard.Agent.Transfers;

/// <summary>A store's error answer: its status, its error code, and the request's id.</summary>
/// <param name="Text">What is told of it.</param>
/// <param name="Code">The store's own code; null when it names none.</param>
/// <param name="Cause">Which failure it is, as of <see cref="DownloadCause"/>; null for none.</param>
internal sealed partial record StoreRefusal(string Text, string? Code, string? Cause)
{
    private const int MostBytes = 16 * 1024;
    private static readonly string[] RequestIds = ["x-amz-request-id", "x-ms-request-id", "x-trans-id"];

    /// <summary>Whether the object exists but must be restored from an archive first.</summary>
    public bool IsArchived => Code is "InvalidObjectState" or "BlobArchived" or "BlobBeingRehydrated";

    public static async Task<StoreRefusal> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var code = await CodeAsync(answer, cancellationToken);
        var request = RequestIds.Select(name => First(answer, name)).FirstOrDefault(id => id is not null);
        string?[] known = [code, request is null ? null : $"request {request}"];
        var details = string.Join(", ", known.Where(k => k is not null));
        var cause = DownloadCause.Of(answer.StatusCode, code);
        var status = $"the store answered {(int)answer.StatusCode}";
        return new StoreRefusal(PrintableText.Of(details.Length == 0 ? status : $"{status} ({details})"), code, cause);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (First(answer, "x-ms-error-code") is { } named)
        {
            return named;
        }
        if (answer.Content.Headers.ContentType?.MediaType?.EndsWith("xml", StringComparison.Ordinal) != true)
        {
            return null;
        }
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(10));
        var buffer = new byte[MostBytes];
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(deadline.Token);
            var read = await body.ReadAtLeastAsync(buffer, MostBytes, throwOnEndOfStream: false, deadline.Token);
            var match = CodeElement().Match(Encoding.UTF8.GetString(buffer, 0, read));
            return match.Success ? match.Groups[1].Value : null;
        }
        catch (Exception e)
            when (e is IOException or HttpRequestException || !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string? First(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    [GeneratedRegex("<Code>([A-Za-z0-9]{1,64})</Code>", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeElement();
}
