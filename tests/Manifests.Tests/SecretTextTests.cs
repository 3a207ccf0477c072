using System.Text;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Tests;

public sealed class SecretTextTests
{
    private static RunSecrets Parsed() => ManifestParser.Parse(Corpus.Bytes("dialect-c-session-token.yaml")).Secrets!;

    [Fact]
    public void Credentials_are_split_off_while_parsing()
    {
        var secrets = Parsed();

        Assert.Equal("reader-key", secrets.Data.Reveal(CredentialField.AccessKeyId));
        Assert.Equal("reader-secret", secrets.Data.Reveal(CredentialField.SecretAccessKey));
        Assert.Equal("temporary-token", secrets.Data.Reveal(CredentialField.SessionToken));
        Assert.Equal("writer-secret", secrets.Results.Reveal(CredentialField.SecretAccessKey));
        Assert.False(secrets.Results.Has(CredentialField.SessionToken));
    }

    [Fact]
    public void A_swift_login_carries_the_address_and_region_too()
    {
        var data = ManifestParser.Parse(Corpus.Bytes("dialect-b-swift.yaml")).Secrets!.Data;

        Assert.Equal("https://identity.example.com/v3", data.Reveal(CredentialField.AuthUrl));
        Assert.Equal("dallas", data.Reveal(CredentialField.Region));
        Assert.Equal("1234567", data.Reveal(CredentialField.DomainName));
    }

    [Fact]
    public void Printing_shows_stars()
    {
        var secrets = Parsed();
        object[] things =
        [
            secrets,
            secrets.Data,
            new Secret("reader-secret"),
            secrets.ToProtectedPayload(),
            new EnvResolution("reader-secret", []),
        ];
        Assert.All(things, t => Assert.DoesNotContain("reader-secret", $"{t}"));
        Assert.All(things, t => Assert.Contains("***", $"{t}"));
    }

    [Fact]
    public void Serializing_is_an_error()
    {
        var secrets = Parsed();
        object[] things =
        [
            secrets,
            secrets.Data,
            new Secret("x"),
            secrets.ToProtectedPayload(),
            new { Inside = new { secrets } },
        ];
        Assert.All(
            things,
            t =>
            {
                Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(t));
                Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(t, WireJson.Options));
            }
        );
    }

    [Fact]
    public void No_public_property_gives_a_text_or_bytes() =>
        Assert.All(
            new[]
            {
                typeof(RunSecrets),
                typeof(StoreCredentials),
                typeof(Secret),
                typeof(SecretBytes),
                typeof(NamedSecret),
            },
            type =>
                Assert.DoesNotContain(
                    type.GetProperties(),
                    p => p.PropertyType == typeof(string) || p.PropertyType == typeof(byte[])
                )
        );

    [Fact]
    public void The_payload_for_the_secret_store_reads_back()
    {
        var secrets = ManifestParser.Parse(Corpus.Bytes("own-all.yaml")).Secrets!;
        using var payload = secrets.ToProtectedPayload();
        using var payloadOfS3 = Parsed().ToProtectedPayload();

        var read = RunSecrets.FromPayload(payload.Reveal());
        var readOfS3 = RunSecrets.FromPayload(payloadOfS3.Reveal());

        Assert.Equal("webhook signing key", read.NotifySecret!.Reveal());
        Assert.Empty(read.Data.Fields);
        Assert.Equal("reader-secret", readOfS3.Data.Reveal(CredentialField.SecretAccessKey));
    }

    [Fact]
    public void Disposing_the_payload_wipes_it()
    {
        var payload = Parsed().ToProtectedPayload();
        var bytes = payload.Reveal();
        payload.Dispose();
        Assert.True(bytes.IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void A_payload_that_is_something_else_is_refused() =>
        Assert.Throws<JsonException>(() => RunSecrets.FromPayload(Encoding.UTF8.GetBytes("[]")));

    [Fact]
    public void The_stored_manifest_holds_none_of_them_and_reads_back()
    {
        foreach (var name in new[] { "dialect-b-swift.yaml", "own-all.yaml", "ffdl-metrics.yaml" })
        {
            var manifest = ManifestParser.Parse(Corpus.Bytes(name)).Manifest!;

            var json = JsonSerializer.Serialize(manifest, WireJson.Options);
            var read = JsonSerializer.Deserialize<TrainingManifest>(json, WireJson.Options)!;

            Assert.DoesNotContain("swift pass", json);
            Assert.Equal(json, JsonSerializer.Serialize(read, WireJson.Options));
            Assert.Equal(CanonicalManifest.Write(manifest), CanonicalManifest.Write(read));
        }
    }
}
