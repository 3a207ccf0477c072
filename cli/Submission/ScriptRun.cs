using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Trainyard.Cli.Failures;

namespace Trainyard.Cli.Submission;

/// <summary>A run of one Python file, told by flags alone: its manifest is written here.</summary>
/// <param name="Script">The file's name.</param>
/// <param name="Data">The data bucket.</param>
/// <param name="Results">The results bucket.</param>
internal sealed record ScriptRun(string Script, string Data, string Results)
{
    /// <summary>The name of this manifest in messages to the user.</summary>
    public const string ManifestName = "(from the flags)";

    private const string InlineStart = "# /// script";

    /// <summary>Packages to install besides those that the file itself names.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>A configuration: <c>small</c>, <c>v100</c>.</summary>
    public string Compute { get; init; } = "small";

    /// <summary>The type of both stores.</summary>
    public string Store { get; init; } = "file";

    /// <summary>The address of both stores; null for a type that needs none.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The name of a secret with both stores' credentials; null for a store that needs none.</summary>
    public string? Connection { get; init; }

    /// <summary>Whether the file says itself what it needs (PEP 723).</summary>
    public bool IsInline { get; init; }

    public bool HasDependencies => IsInline || Packages.Count > 0;

    public static bool IsScript(string model, string folder) =>
        Path.GetExtension(model) is ".py" && File.Exists(Path.GetFullPath(model, folder));

    /// <summary>Whether a file says what it needs.</summary>
    public static bool SaysWhatItNeeds(string path) => File.ReadLines(path).Any(line => line.TrimEnd() == InlineStart);

    public ManifestFile ToManifest()
    {
        var text = $"""
            {(HasDependencies ? "dependencies: install" : "")}
            model_definition:
              name: {Quote(Script)}
              framework:
                name: python
                version: "3"
              execution:
                command: {Quote($"python3 {Word(Script)}")}
                compute_configuration:
                  name: {Quote(Compute)}
            training_data_reference:
              type: {Quote(Store)}
              {ConnectionText}
              source:
                bucket: {Quote(Data)}
            training_results_reference:
              type: {Quote(Store)}
              {ConnectionText}
              target:
                bucket: {Quote(Results)}

            """;
        return new ManifestFile(ManifestName, Encoding.UTF8.GetBytes(text));
    }

    /// <exception cref="CliFailure">There is neither a manifest nor what is needed without one.</exception>
    public static CliFailure Missing(string model) =>
        CliFailure.Usage(
            $"'{model}' needs a manifest; a single Python file may have --data BUCKET and --results BUCKET instead."
        );

    private string ConnectionText =>
        (Endpoint, Connection) switch
        {
            (null, null) => "",
            ({ } address, null) => $"connection: {{endpoint_url: {Quote(address)}}}",
            (null, { } secret) => $"connection: {{secret: {Quote(secret)}}}",
            ({ } address, { } secret) => $"connection: {{endpoint_url: {Quote(address)}, secret: {Quote(secret)}}}",
        };

    // A JSON string is also a valid double-quoted YAML string.
    private static string Quote(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Word(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
