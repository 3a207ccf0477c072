using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>Secrets that two owners keep with one service, over HTTP and by the command line.</summary>
public sealed class SecretsTests : IAsyncLifetime
{
    private const string Value = "the-value-that-nobody-reads-again";
    private static readonly Uri Secrets = new("v3/secrets", UriKind.Relative);
    private static readonly Uri Lab = new("v3/secrets/lab-reader", UriKind.Relative);

    private readonly Model _model = new();
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start();
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task A_secret_is_kept_listed_named_and_deleted_by_its_owner_only()
    {
        using var owner = _service.Client();
        var otherKey = await _service.KeyFor("somebody-else");
        using var other = _service.Client(otherKey);
        await Put(owner, new { password = Value, user_name = "reader" });

        var listed = await owner.GetStringAsync(Secrets);
        Assert.DoesNotContain(Value, listed);
        var secret = Assert.Single(JsonSerializer.Deserialize<SecretListResource>(listed, WireJson.Options)!.Resources);
        Assert.Equal(("lab-reader", "user_name, password"), (secret.Name, string.Join(", ", secret.Fields)));
        var bx = await _service.Bx.Run("ml", "list", "secrets");
        Assert.Contains(bx.Out, line => line.Contains("lab-reader") && line.EndsWith("user_name, password"));
        Assert.Empty((await other.GetFromJsonAsync<SecretListResource>(Secrets, WireJson.Options))!.Resources);
        AssertNowhereOnDisk();

        Assert.Contains("lacks `access_key_id`", await Refusal(_service.Bx));
        Assert.Contains("no secret named `lab-reader`", await Refusal(_service.Bx.As(otherKey)));

        Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync(Lab)).StatusCode);
        var deleted = await _service.Bx.Run("ml", "delete", "secrets", "lab-reader");
        Assert.Equal(["Deleting the secret 'lab-reader' ...", "OK", "Delete secrets successful"], deleted.Out);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.DeleteAsync(Lab)).StatusCode);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_without_its_values()
    {
        using var owner = _service.Client();

        using var answer = await owner.PutAsJsonAsync(Lab, new { pasword = Value });
        using var badName = await owner.PutAsJsonAsync(
            new Uri("v3/secrets/Lab", UriKind.Relative),
            new { password = Value }
        );

        var text = await answer.Content.ReadAsStringAsync();
        var problem = JsonSerializer.Deserialize<Problem>(text, WireJson.Options)!;
        Assert.Equal((400, "invalid_secret"), ((int)answer.StatusCode, problem.Code));
        Assert.Equal("password", Assert.Single(problem.Errors!).Suggestion);
        Assert.DoesNotContain(Value, text);
        Assert.Equal(HttpStatusCode.BadRequest, badName.StatusCode);
    }

    [Theory]
    [InlineData("""["no", "map"]""")]
    [InlineData("""{"password": 7}""")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_body_that_is_no_map_of_texts_is_told_as_such(string body)
    {
        using var owner = _service.Client();
        // As curl -d sends it.
        using var content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");

        using var answer = await owner.PutAsync(Lab, content);

        var problem = JsonSerializer.Deserialize<Problem>(await answer.Content.ReadAsStringAsync(), WireJson.Options)!;
        Assert.Equal((400, "invalid_json"), ((int)answer.StatusCode, problem.Code));
    }

    private static async Task Put(HttpClient client, object fields)
    {
        using var answer = await client.PutAsJsonAsync(Lab, fields);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private async Task<string> Refusal(Bx bx)
    {
        var manifest = _model.File(
            "s3.yaml",
            """
            model_definition:
              name: with-a-secret
              framework:
                name: python
                version: "3"
              execution:
                command: "true"
                compute_configuration:
                  name: small
            training_data_reference:
              type: s3
              connection:
                endpoint_url: https://s3.example.org
                secret: lab-reader
              source:
                bucket: data
            training_results_reference:
              type: file
              target:
                bucket: results
            """
        );
        var result = await bx.Run("ml", "train", _model.Folder, manifest);
        Assert.Equal(5, result.ExitCode);
        Assert.Contains(result.Error, line => line.Contains("s3.yaml:14:13"));
        return string.Join('\n', result.Error);
    }

    private void AssertNowhereOnDisk() =>
        Assert.Empty(FilesInUse.FilesWith(_service.Home, Encoding.UTF8.GetBytes(Value)));
}
