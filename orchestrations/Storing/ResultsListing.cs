using System.Security.Cryptography;
using System.Text.Json;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// Writes the list of a run's stored files in both its forms: the document for the bucket, and the lines that the service
/// keeps. Either can be very long, so both go to temporary files.
/// </summary>
internal sealed class ResultsListing : IAsyncDisposable
{
    // The number of buffered bytes after which the writer flushes to the file.
    private const int FlushBytes = 64 * 1024;

    private readonly FileStream _lines = TemporaryFile.Create();
    private readonly Utf8JsonWriter _json;

    public ResultsListing(RunId run)
    {
        _json = new Utf8JsonWriter(Document);
        _json.WriteStartObject();
        _json.WriteString("run_id", run.ToString());
        _json.WriteStartArray("files");
    }

    /// <summary>The document, whole after <see cref="EndAsync"/>.</summary>
    public FileStream Document { get; } = TemporaryFile.Create();

    public async Task AddAsync(StoredFile file, CancellationToken cancellationToken)
    {
        _json.WriteStartObject();
        _json.WriteString("path", file.Path);
        _json.WriteNumber("size", file.Bytes);
        _json.WriteString("sha256", file.Sha256);
        _json.WriteEndObject();
        if (_json.BytesPending > FlushBytes)
        {
            await _json.FlushAsync(cancellationToken);
        }
        await _lines.WriteAsync(StoredFiles.LineOf(file), cancellationToken);
    }

    /// <summary>Ends both, and adds the document itself to the lines.</summary>
    /// <param name="path">The document's own path in the run's folder.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>The lines, from their start.</returns>
    public async Task<Stream> EndAsync(string path, CancellationToken cancellationToken)
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        await _json.FlushAsync(cancellationToken);
        await Document.FlushAsync(cancellationToken);
        Document.Position = 0;
        var document = new StoredFile
        {
            Path = path,
            Bytes = Document.Length,
            Sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(Document, cancellationToken)),
        };
        await _lines.WriteAsync(StoredFiles.LineOf(document), cancellationToken);
        _lines.Position = 0;
        return _lines;
    }

    public async ValueTask DisposeAsync()
    {
        await _json.DisposeAsync();
        await Document.DisposeAsync();
        await _lines.DisposeAsync();
    }
}
