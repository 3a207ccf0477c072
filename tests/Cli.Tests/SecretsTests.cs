using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;

namespace Trainyard.Cli.Tests;

public sealed class SecretsTests
{
    private const string Put = "PUT /v3/secrets/lab";

    [Fact]
    public async Task Lines_on_standard_input_become_fields_and_nothing_prints_a_value()
    {
        await using var service = await FakeService.StartAsync();
        service.AnswerNothing(Put);

        var run = await AddAsync(service, "access_key_id=AKIA\n\nsecret_access_key=a=b/c+\"d\"\n", []);

        Assert.Equal(
            "Keeping the secret 'lab' ...\nOK\nSecret 'lab' holds access_key_id, secret_access_key\n",
            run.Out
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(("AKIA", "a=b/c+\"d\""), Sent(service, "access_key_id", "secret_access_key"));
    }

    [Fact]
    public async Task On_a_terminal_each_field_is_asked_for_unseen()
    {
        await using var service = await FakeService.StartAsync();
        service.AnswerNothing(Put);

        var run = await AddAsync(service, "alice\nhunter2\n", ["user_name", "password"], isTerminal: true);

        Assert.Equal("user_name: \npassword: \n", run.Error);
        Assert.DoesNotContain("hunter2", run.Out);
        Assert.Equal(("alice", "hunter2"), Sent(service, "user_name", "password"));
    }

    [Fact]
    public async Task A_variable_and_all_of_standard_input_give_values_too()
    {
        await using var service = await FakeService.StartAsync();
        service.AnswerNothing(Put);

        await AddAsync(service, "the-sas-token\n", ["account_name=@env:ACCOUNT", "sas_token=-"]);

        Assert.Equal(("of-the-variable", "the-sas-token"), Sent(service, "account_name", "sas_token"));
    }

    [Fact]
    public async Task A_confidential_value_on_the_command_line_is_refused_and_not_repeated()
    {
        await using var service = await FakeService.StartAsync();

        var run = await AddAsync(service, "", ["user_name=alice", "password=hunter2"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("a password does not belong in a command", run.Error);
        Assert.DoesNotContain("hunter2", run.Error);
        Assert.Empty(service.Received);
    }

    [Theory]
    [InlineData(
        "password=hunter2",
        "user_name",
        "Line 1 of standard input gives 'password', which the command does not name."
    )]
    [InlineData("user_name=a", "user_name password", "Standard input has no line 'password=VALUE'.")]
    [InlineData("hunter2", "password", "Line 1 of standard input is not FIELD=VALUE with a field that a secret has.")]
    [InlineData("pasword=hunter2", "", "Line 1 of standard input is not FIELD=VALUE with a field that a secret has.")]
    [InlineData("password=hunter2\npassword=hunter2", "", "Line 2 of standard input gives 'password' again.")]
    [InlineData(
        "",
        "sas_token=@env:UNSET",
        "The variable 'UNSET', which holds the sas_token, is not set: set it and try again."
    )]
    [InlineData(
        "",
        "sas_token=- password=-",
        "Standard input holds the value of one field only: give FIELD=- once, or name the fields and send lines FIELD=VALUE."
    )]
    [InlineData("", "", "Say which fields the secret has, such as access_key_id secret_access_key.")]
    public async Task What_is_missing_or_too_much_is_told_without_values(string input, string fields, string expected)
    {
        await using var service = await FakeService.StartAsync();

        var run = await AddAsync(service, input, fields.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal($"error: {expected}\n", run.Error);
        Assert.DoesNotContain("hunter2", run.Error + run.Out);
        Assert.Empty(service.Received);
    }

    [Fact]
    public async Task What_the_service_refuses_is_told_field_by_field()
    {
        await using var service = await FakeService.StartAsync();
        var problem = new Problem
        {
            Title = "Bad Request",
            Status = 400,
            Code = "invalid_secret",
            Detail = "The secret is not kept: its fields are wrong.",
            Errors =
            [
                new()
                {
                    Code = "too_long",
                    Message = "`password` is too long.",
                    Source = "secret",
                    Path = "password",
                },
            ],
        };
        service.Answer(Put, problem, 400);

        var run = await AddAsync(service, "password=hunter2", []);

        Assert.Equal(5, run.ExitCode);
        Assert.Equal(
            "error: The secret is not kept: its fields are wrong.\npassword: `password` is too long.\n",
            run.Error
        );
    }

    [Fact]
    public async Task Secrets_are_listed_with_their_fields_and_times()
    {
        await using var service = await FakeService.StartAsync();
        var lab = new SecretResource
        {
            Name = "lab-reader",
            Fields = ["access_key_id", "secret_access_key"],
            UpdatedAt = new DateTimeOffset(2018, 3, 1, 12, 0, 0, TimeSpan.Zero),
        };
        service.Answer("GET /v3/secrets", new SecretListResource { Resources = [lab] });

        var run = await BxRun.OfAsync(service, "ml", "list", "secrets");

        Assert.Equal(
            """
            Fetching the list of secrets ...
            SI No   Name         updated-at             Fields
            1       lab-reader   2018-03-01T12:00:00Z   access_key_id, secret_access_key

            1 records found.
            OK
            List all secrets successful

            """,
            run.Out
        );
    }

    [Fact]
    public async Task A_secret_is_deleted_by_its_name()
    {
        await using var service = await FakeService.StartAsync();
        service.AnswerNothing("DELETE /v3/secrets/lab");

        var run = await BxRun.OfAsync(service, "ml", "delete", "secrets", "lab");

        Assert.Equal("Deleting the secret 'lab' ...\nOK\nDelete secrets successful\n", run.Out);
    }

    [Fact]
    public async Task Deleting_one_that_is_not_there_says_where_to_look()
    {
        await using var service = await FakeService.StartAsync();
        service.Refuse(
            "DELETE /v3/secrets/lab",
            404,
            "secret_not_found",
            "Not Found",
            "You keep no secret of this name."
        );

        var run = await BxRun.OfAsync(service, "ml", "delete", "secrets", "lab");

        Assert.Equal(4, run.ExitCode);
        Assert.Equal(
            "error: You keep no secret of this name. 'bx ml list secrets' prints those there are.\n",
            run.Error
        );
    }

    private static Task<BxRun> AddAsync(FakeService service, string input, string[] fields, bool isTerminal = false)
    {
        var variables = BxRun.Variables(service);
        variables["ACCOUNT"] = "of-the-variable";
        variables["NO_COLOR"] = "1";
        return BxRun.WithInputAsync(variables, isTerminal, input, ["ml", "secrets", "add", "lab", .. fields]);
    }

    private static (string?, string?) Sent(FakeService service, string first, string second)
    {
        var body = System.Text.Json.JsonDocument.Parse(Assert.Single(service.Received).Text).RootElement;
        Assert.Equal(2, body.EnumerateObject().Count());
        return (body.GetProperty(first).GetString(), body.GetProperty(second).GetString());
    }
}
