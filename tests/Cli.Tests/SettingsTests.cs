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

    private static async Task<FakeService> StartAsync()
    {
        var service = await FakeService.StartAsync();
        service.Answer("GET /v3/models", new RunListResource { Resources = [DocumentedRuns.Completed()] });
        return service;
    }
}
