using System.Text.Json.Serialization;

namespace Trainyard.Manifests.Model;

/// <summary>How a run gets its data.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataMode>))]
public enum DataMode
{
    /// <summary>All of it is copied to the node before the command starts.</summary>
    Copy,

    /// <summary>It stays in its bucket; the command gets a list of addresses.</summary>
    Stream,
}
