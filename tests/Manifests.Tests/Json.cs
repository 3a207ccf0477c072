using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Manifests.Model;

namespace Trainyard.Manifests.Tests;

internal static class Json
{
    /// <summary>The manifest as the run record holds it, without the dialect it was written in.</summary>
    public static string Of(TrainingManifest manifest) =>
        JsonSerializer.Serialize(manifest with { Dialect = ManifestDialect.Unknown }, WireJson.Options);
}
