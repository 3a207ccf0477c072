using System.Net;
using System.Net.Http.Json;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Containers;

namespace Trainyard.EndToEnd;

/// <summary>A run of an image in a registry that asks for a login, from its submission to its results.</summary>
public sealed class ContainerRunTests : IAsyncLifetime
{
    private const string Login = $"{TestRegistry.User}:{TestRegistry.Password}";

    private readonly Model _model = new();
    private TestEngine? _engine;
    private TestRegistry? _registry;
    private Service? _service;
    private string _image = "";

    public async Task InitializeAsync()
    {
        if (TestContainers.Missing is not null)
        {
            return;
        }
        _engine = new TestEngine();
        _registry = await TestRegistry.StartAsync(asksForLogin: true);
        _image = $"{_registry.Address}/team/small:1";
        await _engine.ImportAsync(_image, "of the image", "sh", "cat", "cp");
        await _engine.RunAsync("push", "--tls-verify=false", "--creds", Login, _image);
        await _engine.RunAsync("rmi", _image);
        _service = await Service.Start(
            ("CONTAINERS_STORAGE_CONF", _engine.StorageFile),
            ("Agent__Containers", "podman"),
            ("CUDA_VISIBLE_DEVICES", "")
        );
        _service.Bucket("data");
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _service, _registry, _engine })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
        _model.Dispose();
    }

    [ContainerFact]
    public async Task The_login_is_the_run_s_secret_and_the_image_s_digest_is_kept_with_it()
    {
        await File.WriteAllTextAsync(Path.Combine(_service!.Bucket("data"), "one"), "data of the run");
        using var owner = _service.Client();
        var login = new { user_name = TestRegistry.User, password = TestRegistry.Password };
        using var kept = await owner.PutAsJsonAsync(new Uri("v3/secrets/team-registry", UriKind.Relative), login);
        Assert.Equal(HttpStatusCode.NoContent, kept.StatusCode);

        var id = await _service.Bx.Train(_model.Folder, Manifest(", secret: team-registry"));
        var run = await _service.WaitForEnd(id);

        Assert.True(run.Entity.Status.State is RunState.Completed, $"{run.Entity.Status.Reason}");
        Assert.StartsWith("sha256:", run.Entity.Status.ImageDigest);
        var results = Path.Combine(_service.Bucket("results"), id);
        Assert.Equal("of the image", await File.ReadAllTextAsync(Path.Combine(results, "note")));
        Assert.Equal("data of the run", await File.ReadAllTextAsync(Path.Combine(results, "one")));
        var log = await File.ReadAllTextAsync(Path.Combine(results, "learner-1", "training-log.txt"));
        Assert.Contains($"Pulling the image {_image}.\n", log);
        Assert.DoesNotContain(TestRegistry.Password, log);

        var refused = await _service.WaitForEnd(await _service.Bx.Train(_model.Folder, Manifest("")));
        Assert.Equal("image_failed", refused.Entity.Status.Reason!.Code);
        Assert.Contains("framework.secret", refused.Entity.Status.Reason.Message);
    }

    private string Manifest(string secret) =>
        _model.File(
            "image.yaml",
            $$"""
            model_definition:
              name: in-an-image
              framework: {name: custom, image: "{{_image}}"{{secret}}}
              execution:
                command: cp /etc/note $RESULT_DIR/note; cp $DATA_DIR/one $RESULT_DIR/one
                compute_configuration: {name: small}
            training_data_reference:
              type: file
              source:
                bucket: data
            training_results_reference:
              type: file
              target:
                bucket: results
            """
        );
}
