using System.Text.Json;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Tests;

public sealed class SecretFieldsTests
{
    [Fact]
    public void Every_field_that_a_connection_takes_can_be_kept()
    {
        string[] names =
        [
            "access_key_id",
            "secret_access_key",
            "session_token",
            "user_name",
            "password",
            "project_id",
            "domain_name",
            "region",
            "account_name",
            "account_key",
            "sas_token",
        ];

        var read = SecretFields.Read(names.ToDictionary(n => n, string? (n) => $"value of {n}"));

        Assert.Empty(read.Problems);
        Assert.Equal(names, read.Credentials!.Fields.Order().Select(f => f.ToWire()));
        Assert.All(read.Credentials.Fields, f => Assert.Equal($"value of {f.ToWire()}", read.Credentials.Reveal(f)));
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_and_no_value_is()
    {
        var sent = new Dictionary<string, string?>
        {
            ["acess_key_id"] = "hunter2",
            ["password"] = new string('x', 2049),
            ["sas_token"] = "hunter2\nhunter2",
            ["user_name"] = null,
            ["account_key"] = "<hunter2>",
            ["auth_url"] = "https://hunter2.example.com",
        };

        var read = SecretFields.Read(sent);

        Assert.Null(read.Credentials);
        Assert.Equal(
            [
                ("unknown_key", "acess_key_id", "access_key_id"),
                ("too_long", "password", null),
                ("manifest_control_character", "sas_token", null),
                ("required", "user_name", null),
                ("placeholder", "account_key", null),
                ("unknown_key", "auth_url", null),
            ],
            read.Problems.Select(p => (p.Code, p.Path, p.Suggestion))
        );
        Assert.DoesNotContain("hunter2", JsonSerializer.Serialize(read.Problems));
    }

    [Fact]
    public void A_secret_without_fields_is_none() =>
        Assert.Equal("required", Assert.Single(SecretFields.Read(new Dictionary<string, string?>()).Problems).Code);

    [Fact]
    public void A_line_break_behind_a_value_is_not_part_of_it() =>
        Assert.Equal(
            "value",
            SecretFields
                .Read(new Dictionary<string, string?> { ["password"] = "value\r\n" })
                .Credentials!.Reveal(CredentialField.Password)
        );

    [Fact]
    public void A_named_secret_reads_back_prints_stars_and_is_never_serialized()
    {
        var secret = new NamedSecret
        {
            Credentials = StoreCredentials.Of([new(CredentialField.SecretAccessKey, new("hunter2"))]),
            UpdatedAt = new DateTimeOffset(2018, 3, 1, 12, 0, 0, TimeSpan.Zero),
        };
        using var payload = secret.ToProtectedPayload();

        var back = NamedSecret.FromPayload(payload.Reveal());

        Assert.Equal("hunter2", back.Credentials.Reveal(CredentialField.SecretAccessKey));
        Assert.Equal(secret.UpdatedAt, back.UpdatedAt);
        Assert.Equal("NamedSecret(***)", $"{back}");
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(back));
    }
}
