using System.Text;
using Trainyard.Core.Pools.Matching;
using Trainyard.Manifests;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Core.Tests.Pools.Matching;

/// <summary>Manifests as users write them, by the few lines that say what a run needs.</summary>
internal static class AskedFor
{
    /// <summary>With a framework and a compute configuration in YAML's short form.</summary>
    public static TrainingManifest Manifest(string framework, string compute)
    {
        var text = $$"""
            model_definition:
              name: test
              framework: {{framework}}
              execution:
                command: "true"
                compute_configuration: {{compute}}
            training_data_reference:
              type: file
              source:
                bucket: data
            training_results_reference:
              type: file
              target:
                bucket: results
            """;
        return Parsed(text);
    }

    public static TrainingManifest Ffdl(string lines) =>
        Parsed(
            $$"""
            name: test
            {{lines}}
            framework:
              name: python
              version: "3"
              command: "true"
            data_stores:
              - id: here
                type: mount_cos
                training_data:
                  container: data
                training_results:
                  container: results
                connection:
                  auth_url: https://s3.example.com
                  user_name: u
                  password: p
            """
        );

    public static RunNeeds Needs(string framework, string compute, Relaxations? relaxed = null) =>
        RunNeeds.Of(Manifest(framework, compute), FrameworkCatalog.Default, relaxed ?? Relaxations.None);

    private static TrainingManifest Parsed(string text)
    {
        var parsed = ManifestParser.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Empty(parsed.Errors.Select(problem => problem.Message));
        return parsed.Manifest!;
    }
}
