using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trainyard.Runtime.Triggers.Hosting;
using Trainyard.Runtime.Triggers.State;
using Trainyard.Storage;

namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>The outcome of one version of a file, kept across restarts.</summary>
internal sealed record BlobReceipt
{
    public required string Name { get; init; }

    public required BlobVersion Version { get; init; }

    public required BlobOutcome Outcome { get; init; }

    /// <summary>How often the function was started on this version.</summary>
    public required int Attempts { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? Error { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Trying until it is Done, or Poison after too many failures.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BlobOutcome>))]
internal enum BlobOutcome
{
    Trying,
    Done,
    Poison,
}

/// <summary>The receipts of one function, a file each below <c>receipts/{function}</c> of the state folder.</summary>
internal sealed class BlobReceipts
{
    private readonly Dictionary<string, BlobReceipt> _byName = [];
    private readonly Lock _lock = new();
    private readonly string _folder;

    public BlobReceipts(HostFolder folder, string function)
    {
        _folder = folder.File("receipts", function);
        HostFolder.Create(_folder);
        foreach (var path in Directory.EnumerateFiles(_folder, "*.json"))
        {
            if (Read(path) is { } receipt)
            {
                _byName[receipt.Name] = receipt;
            }
        }
    }

    public BlobReceipt? Find(string name)
    {
        lock (_lock)
        {
            return _byName.GetValueOrDefault(name);
        }
    }

    public void Save(BlobReceipt receipt)
    {
        DurableFiles.WritePrivate(
            PathOf(receipt.Name),
            JsonSerializer.SerializeToUtf8Bytes(receipt, BlobReceiptContext.Default.BlobReceipt)
        );
        lock (_lock)
        {
            _byName[receipt.Name] = receipt;
        }
    }

    /// <summary>Forgets files that are gone, so that one put there again counts as new.</summary>
    public void KeepOnly(IReadOnlySet<string> names)
    {
        string[] gone;
        lock (_lock)
        {
            gone = [.. _byName.Keys.Where(name => !names.Contains(name))];
        }
        foreach (var name in gone)
        {
            File.Delete(PathOf(name));
            lock (_lock)
            {
                _byName.Remove(name);
            }
        }
    }

    private string PathOf(string name) =>
        Path.Combine(_folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}.json");

    // An unreadable receipt counts as none. The function then runs once more, which functions must tolerate.
    private static BlobReceipt? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), BlobReceiptContext.Default.BlobReceipt);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BlobReceipt))]
internal sealed partial class BlobReceiptContext : JsonSerializerContext;
