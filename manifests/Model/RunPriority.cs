using System.Text.Json.Serialization;

namespace Trainyard.Manifests.Model;

/// <summary>Order within an owner's queue; between equal ones, first come first served.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunPriority>))]
public enum RunPriority
{
    Low = -1,
    Normal = 0,
    High = 1,
}
