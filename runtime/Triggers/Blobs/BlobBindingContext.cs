using Microsoft.Azure.Functions.Worker;

namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>The placeholders' values, and the whole path as <c>BlobTrigger</c>.</summary>
internal sealed class BlobBindingContext : BindingContext
{
    public const string PathName = "BlobTrigger";

    private readonly Dictionary<string, object?> _data = new(StringComparer.OrdinalIgnoreCase);

    public BlobBindingContext(string path, IReadOnlyDictionary<string, string> values)
    {
        _data[PathName] = path;
        foreach (var (name, value) in values)
        {
            _data[name] = value;
        }
    }

    public override IReadOnlyDictionary<string, object?> BindingData => _data;
}
