using System.Text.Json.Nodes;

namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>All that the compiler makes of infra/: once for all tests.</summary>
internal sealed record CompiledInfra(
    IReadOnlyList<string> Said,
    IReadOnlyDictionary<string, string> Formatted,
    IReadOnlyDictionary<string, Template> Templates
)
{
    private static readonly Lazy<Task<CompiledInfra>> All = new(CompileAsync);

    public static Task<CompiledInfra> GetAsync() => All.Value;

    private static async Task<CompiledInfra> CompileAsync()
    {
        using var bicep = new Bicep();
        var sources = Bicep.Infra.Keys.Where(path => path.EndsWith(".bicep")).ToList();
        var said = await bicep.RunAsync(
            "build",
            "--no-restore",
            "--pattern",
            "infra/**/*.bicep",
            "--outdir",
            "templates"
        );
        await bicep.RunAsync("format", "--pattern", "infra/**/*.bicep*");
        return new CompiledInfra(
            said,
            sources.ToDictionary(path => path, bicep.Read),
            sources.ToDictionary(path => path, path => Template.Parse(bicep.Read(TemplateOf(path))))
        );
    }

    private static string TemplateOf(string source) =>
        Path.ChangeExtension("templates/" + source["infra/".Length..], ".json");
}
