namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>infra/ as the compiler sees it.</summary>
public sealed class CompiledTemplateTests
{
    public static TheoryData<string> Files =>
        [.. Bicep.Infra.Keys.Where(path => path.EndsWith(".bicep")).Order(StringComparer.Ordinal)];

    [BicepFact]
    public async Task The_compiler_has_nothing_to_say() => Assert.Empty((await CompiledInfra.GetAsync()).Said);

    [BicepTheory]
    [MemberData(nameof(Files))]
    public async Task A_file_is_formatted(string file) =>
        Assert.Equal(Bicep.Infra[file], (await CompiledInfra.GetAsync()).Formatted[file]);

    [BicepTheory]
    [MemberData(nameof(Files))]
    public async Task A_file_says_what_it_and_all_that_it_takes_and_gives_is(string file) =>
        Assert.Empty((await TemplateAsync(file)).Undescribed());

    [BicepTheory]
    [MemberData(nameof(Files))]
    public async Task A_parameter_takes_only_what_makes_sense(string file) =>
        Assert.Empty((await TemplateAsync(file)).Unconstrained());

    [BicepTheory]
    [MemberData(nameof(Files))]
    public async Task No_secret_is_given_away_and_no_key_asked_for(string file) =>
        Assert.Empty((await TemplateAsync(file)).Secrets());

    [BicepFact]
    public async Task The_compiler_does_notice_what_is_wrong()
    {
        using var bicep = new Bicep();
        bicep.Write(
            "infra/modules/bad.bicep",
            """
            param unused string
            resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
              name: 'account'
              location: 'westeurope'
              kind: 'StorageV2'
              sku: { name: 'Standard_LRS' }
              properties: { allowSharedKeyAcess: false, minimumTlsVersion: 12 }
            }
            resource other 'Microsoft.Nothing/things@2025-01-01' = { name: 'other' }
            output key string = account.listKeys().keys[0].value
            """
        );

        var said = await bicep.RunAsync("lint", "--no-restore", "infra/modules/bad.bicep");

        Assert.All(
            [
                "allowSharedKeyAcess",
                "minimumTlsVersion",
                "Microsoft.Nothing/things",
                "no-unused-params",
                "no-hardcoded-location",
                "outputs-should-not-contain-secrets",
                "use-description-params",
            ],
            expected => Assert.Contains(said, line => line.Contains(expected, StringComparison.Ordinal))
        );
    }

    private static async Task<Template> TemplateAsync(string file) => (await CompiledInfra.GetAsync()).Templates[file];
}
