using System.Text;
using Trainyard.Cli.Tests.Fakes;
using Trainyard.Contracts;
using Trainyard.Tests.Shared;

namespace Trainyard.Cli.Tests;

public sealed class SettingsTests
{
    private static readonly string[] List = ["ml", "list", "training-runs"];

    [Fact]
    public async Task User_name_and_password_are_sent_as_they_are()
    {
        await using var service = await StartAsync();

        await BxRun.OfAsync(service, List);

        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{FakeService.User}:{FakeService.Key}"));
        Assert.Equal($"Basic {basic}", Assert.Single(service.Received).Headers["Authorization"]);
    }

    [Fact]
    public async Task Without_variables_the_state_folder_says_where_and_as_whom()
    {
        await using var service = await StartAsync();
        using var home = new TemporaryFolder();
        home.Write("service.json", $$"""{"url":"{{service.Url}}","pid":1}""");
        home.Write("key", "the-first-key\n");

        var run = await BxRun.WithAsync(new() { ["TRAINYARD_HOME"] = home.Path }, List);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("Bearer the-first-key", Assert.Single(service.Received).Headers["Authorization"]);
    }

    [Fact]
    public async Task The_state_folder_is_in_the_users_data()
    {
        await using var service = await StartAsync();
        using var data = new TemporaryFolder();
        data.Write("trainyard/key", "k");

        await BxRun.WithAsync(new() { ["XDG_DATA_HOME"] = data.Path, ["ML_ENV"] = service.Url }, List);

        Assert.Equal("Bearer k", Assert.Single(service.Received).Headers["Authorization"]);
    }

    [Fact]
    public async Task The_instance_is_sent_along()
    {
        await using var service = await StartAsync();
        var variables = BxRun.Variables(service);
        variables["ML_INSTANCE"] = "instance-7";

        await BxRun.WithAsync(variables, List);

        Assert.Equal("instance-7", Assert.Single(service.Received).Headers["ML-Instance-ID"]);
    }

    [Fact]
    public async Task Without_any_key_the_refusal_says_where_one_goes()
    {
        await using var service = await FakeService.StartAsync();
        service.Refuse("GET /v3/models", 401, "unauthorized", "Who are you?");

        var run = await BxRun.WithAsync(new() { ["ML_ENV"] = service.Url, ["TRAINYARD_HOME"] = "/nonexistent" }, List);

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(
            $"error: The service at {service.Url} wants a key: set ML_USERNAME and ML_PASSWORD (the password is the key), "
                + "or put the key in /nonexistent/key.\n",
            run.Error
        );
    }

    [Theory]
    [InlineData("ML_INSTANCE", "a\nX-Other: b", "ML_INSTANCE has a line break")]
    [InlineData("ML_INSTANCE", "größe", "ML_INSTANCE has a line break or another character")]
    [InlineData("ML_USERNAME", "a:b", "ML_USERNAME has a colon")]
    [InlineData("ML_ENV", "http://alice:CANARY@host", "ML_ENV holds a user name or a key")]
    [InlineData("ML_ENV", "https://host:CANARY@x", "ML_ENV holds a user name or a key")]
    [InlineData("ML_ENV", "http://host/?key=x", "ML_ENV is 'http://host/?key=x'")]
    [InlineData("ML_ENV", "ftp://host", "ML_ENV is 'ftp://host'")]
    public async Task A_variable_that_cannot_be_right_is_told_before_anything_is_sent(
        string variable,
        string value,
        string sentence
    )
    {
        await using var service = await StartAsync();
        var variables = BxRun.Variables(service);
        variables[variable] = value;

        var run = await BxRun.WithAsync(variables, List);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"error: {sentence}", Assert.Single(run.Error.TrimEnd('\n').Split('\n')));
        Assert.DoesNotContain("CANARY", run.Out + run.Error);
        Assert.Empty(service.Received);
    }

    [Theory]
    [InlineData("CANARY\nCANARY")]
    [InlineData("CANARYé")]
    [InlineData("CANARY\0")]
    public async Task A_key_that_cannot_be_sent_is_not_shown(string key)
    {
        await using var service = await StartAsync();
        using var home = new TemporaryFolder();
        home.Write("key", key);

        var run = await BxRun.WithAsync(new() { ["TRAINYARD_HOME"] = home.Path, ["ML_ENV"] = service.Url }, List);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"error: {home.File("key")} has a line break or another character", run.Error);
        Assert.DoesNotContain("CANARY", run.Out + run.Error);
    }

    [Theory]
    [InlineData(401, "unauthorized")]
    [InlineData(500, "internal_error")]
    [InlineData(404, "not_found")]
    public async Task No_refusal_shows_the_key(int status, string code)
    {
        await using var service = await FakeService.StartAsync();
        service.Refuse("GET /v3/models", status, code, "No.");

        var text = await BxRun.OfAsync(service, List);
        var json = await BxRun.OfAsync(service, [.. List, "-o", "json"]);

        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{FakeService.User}:{FakeService.Key}"));
        Assert.All(
            [text, json],
            run =>
            {
                Assert.DoesNotContain(FakeService.Key, run.Out + run.Error);
                Assert.DoesNotContain(key, run.Out + run.Error);
                Assert.NotEqual(0, run.ExitCode);
            }
        );
    }

    private static async Task<FakeService> StartAsync()
    {
        var service = await FakeService.StartAsync();
        service.Answer("GET /v3/models", new RunListResource { Resources = [DocumentedRuns.Completed()] });
        return service;
    }
}
