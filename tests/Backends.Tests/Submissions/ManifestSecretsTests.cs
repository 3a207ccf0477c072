using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Backends.Secrets;
using Trainyard.Backends.Tests.Embedded;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Text;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Submissions;

/// <summary><c>secret: NAME</c> in a manifest, submitted to the embedded backend.</summary>
public sealed class ManifestSecretsTests : IDisposable
{
    private const string S3 = "type: s3|endpoint_url: https://s3.example.org";
    private const string Swift = "type: swift|auth_url: https://identity.example.org/v3";
    private const string Azure = "type: azure_blob|endpoint_url: https://lab.blob.example.org";

    private static readonly Owner Alice = Owner.Parse("alice");
    private static readonly Owner Bob = Owner.Parse("bob");

    private readonly EmbeddedHome _home = new();
    private readonly FileSecretStore _secrets;

    public ManifestSecretsTests() => _secrets = new(_home.Folder, new EphemeralDataProtectionProvider());

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_named_secret_becomes_the_runs_own()
    {
        await Keep("lab", (CredentialField.AccessKeyId, "id"), (CredentialField.SecretAccessKey, "first"));

        var run = Accepted(await Submit(Alice, S3, "lab"));

        var data = (await _secrets.GetAsync(run.Submission, default))!.Data;
        Assert.Equal("id", data.Reveal(CredentialField.AccessKeyId));
        Assert.Equal("first", data.Reveal(CredentialField.SecretAccessKey));
        Assert.Equal("lab", run.Manifest.TrainingData.SecretName);
    }

    [Fact]
    public async Task What_becomes_of_the_secret_later_does_not_touch_the_run()
    {
        await Keep("lab", (CredentialField.AccessKeyId, "id"), (CredentialField.SecretAccessKey, "first"));
        var run = Accepted(await Submit(Alice, S3, "lab"));

        await Keep("lab", (CredentialField.AccessKeyId, "id"), (CredentialField.SecretAccessKey, "second"));
        await _secrets.DestroyAsync(Alice, SecretName.Parse("lab"), default);

        var data = (await _secrets.GetAsync(run.Submission, default))!.Data;
        Assert.Equal("first", data.Reveal(CredentialField.SecretAccessKey));
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_told_with_its_place_and_the_nearest()
    {
        await Keep("lab-reader", (CredentialField.AccessKeyId, "id"), (CredentialField.SecretAccessKey, "key"));

        var problem = Assert.Single((await Submit(Alice, S3, "lab-raeder")).Problems);

        Assert.Equal(
            new ProblemItem
            {
                Code = "secret_not_found",
                Message = "You keep no secret named `lab-raeder`.",
                Source = "manifest",
                Path = "training_data_reference.connection.secret",
                Line = 13,
                Column = 13,
                Allowed = "lab-reader",
                Suggestion = "lab-reader",
            },
            problem
        );
        Assert.Empty((await _home.Runs.QueryAsync(new RunQuery { PageSize = 1 }, default)).Runs);
    }

    [Fact]
    public async Task Another_owners_secret_is_not_there_and_not_suggested()
    {
        await Keep("lab", (CredentialField.AccessKeyId, "id"), (CredentialField.SecretAccessKey, "key"));

        var problem = Assert.Single((await Submit(Bob, S3, "lab")).Problems);

        Assert.Equal(("secret_not_found", null), (problem.Code, problem.Suggestion));
        Assert.DoesNotContain("lab", problem.Allowed);
    }

    [Fact]
    public async Task It_is_told_together_with_what_else_is_wrong()
    {
        var result = await Submit(Alice, S3, "lab", framework: "pythn");

        Assert.Equal(["unknown_framework", "secret_not_found"], result.Problems.Select(p => p.Code));
    }

    [Theory]
    [InlineData(S3, "access_key_id", "lacks `secret_access_key`")]
    [InlineData(S3, "user_name password", "lacks `access_key_id`, `secret_access_key`")]
    [InlineData(Swift, "user_name", "lacks `password`")]
    [InlineData(Azure, "account_name", "lacks `sas_token`, or `account_name` with `account_key`")]
    [InlineData(Azure, "account_key", "lacks `account_name`")]
    [InlineData(Azure, "sas_token account_name account_key", "holds both `sas_token` and `account_key`, of which")]
    public async Task A_secret_for_other_stores_is_told_with_what_it_lacks(string store, string fields, string expected)
    {
        await Keep("lab", [.. fields.Split(' ').Select(f => (CredentialFields.Find(f)!.Value, "hunter2"))]);

        var problem = Assert.Single((await Submit(Alice, store, "lab")).Problems);

        Assert.Equal("secret_unfit", problem.Code);
        Assert.StartsWith($"The secret `lab` {expected}", problem.Message);
        Assert.DoesNotContain("hunter2", problem.ToString());
    }

    [Fact]
    public async Task A_swift_login_gets_the_connections_address_and_the_secrets_region()
    {
        await Keep(
            "lab",
            (CredentialField.UserName, "alice"),
            (CredentialField.Password, "password"),
            (CredentialField.Region, "dallas"),
            (CredentialField.SasToken, "for another store")
        );

        var run = Accepted(await Submit(Alice, Swift, "lab"));

        var data = (await _secrets.GetAsync(run.Submission, default))!.Data;
        Assert.Equal("https://identity.example.org/v3", data.Reveal(CredentialField.AuthUrl));
        Assert.Equal("dallas", data.Reveal(CredentialField.Region));
        Assert.Equal("dallas", run.Manifest.TrainingData.Region);
        Assert.False(data.Has(CredentialField.SasToken));
    }

    [Fact]
    public async Task The_connections_own_region_goes_before_the_secrets()
    {
        await Keep(
            "lab",
            (CredentialField.AccessKeyId, "id"),
            (CredentialField.SecretAccessKey, "key"),
            (CredentialField.Region, "eu-de")
        );

        var run = Accepted(await Submit(Alice, $"{S3}|region: us-south", "lab"));

        Assert.Equal("us-south", run.Manifest.TrainingData.Region);
    }

    private static TrainingRun Accepted(SubmissionResult result)
    {
        Assert.Empty(result.Problems);
        return result.Run!;
    }

    private Task Keep(string name, params (CredentialField Field, string Value)[] fields) =>
        _secrets.PutAsync(
            Alice,
            SecretName.Parse(name),
            new NamedSecret
            {
                Credentials = StoreCredentials.Of(
                    fields.Select(f => KeyValuePair.Create(f.Field, new Trainyard.Manifests.Secrets.Secret(f.Value)))
                ),
                UpdatedAt = _home.Time.GetUtcNow(),
            },
            default
        );

    private async Task<SubmissionResult> Submit(Owner owner, string store, string secret, string framework = "python")
    {
        var submission = new RunSubmission(
            _home.Runs,
            _home.Blobs,
            _secrets,
            FrameworkCatalog.Default,
            new ManifestLimits(),
            new ArchiveLimits(),
            Placements.InNoPool,
            new PoolOptions(),
            _home.Time
        );
        var lines = store.Split('|');
        var manifest = $"""
            model_definition:
              name: flowers
              framework:
                name: {framework}
                version: "3"
              execution:
                command: python3 train.py
                compute_configuration:
                  name: small
            training_data_reference:
              {lines[0]}
              connection:
                secret: {secret}
                {string.Join("\n    ", lines[1..])}
              source:
                bucket: flower-photos
            training_results_reference:
              type: file
              target:
                bucket: flower-models
            """;
        using var archive = Zip();
        return await submission.SubmitAsync(
            new Submission
            {
                Id = RunId.New(),
                Owner = owner,
                Manifest = Encoding.UTF8.GetBytes(manifest),
                Archive = archive,
            },
            default
        );
    }

    private static MemoryStream Zip()
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("train.py").Open();
            entry.Write("print()\n"u8);
        }
        bytes.Position = 0;
        return bytes;
    }
}
