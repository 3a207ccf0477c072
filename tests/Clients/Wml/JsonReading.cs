using System.Text.Json;

namespace Trainyard.Clients.Wml;

/// <summary>Fields as a client reads them: one that is missing is an error, not nothing.</summary>
internal static class JsonReading
{
    public static JsonElement At(this JsonElement element, params string[] path) =>
        path.Aggregate(element, (parent, name) => parent.GetProperty(name));

    public static string Text(this JsonElement element, params string[] path) => element.At(path).GetString()!;

    public static List<JsonElement> Items(this JsonElement element, params string[] path) =>
        [.. element.At(path).EnumerateArray()];
}
