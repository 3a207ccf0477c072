namespace Trainyard.Backends.Azure.Scaling;

/// <summary>What Azure tells of a scale set, as far as it matters here.</summary>
internal sealed record ScaleSetAnswer(ScaleSetSku Sku, ScaleSetProperties? Properties, string? Etag);

/// <summary>Kind and number of its machines.</summary>
internal sealed record ScaleSetSku(string? Name, string? Tier, long Capacity);

internal sealed record ScaleSetProperties(string? ProvisioningState);

/// <summary>A page of its machines.</summary>
internal sealed record MachinesAnswer(IReadOnlyList<MachineAnswer> Value, Uri? NextLink);

internal sealed record MachineAnswer(string InstanceId, string? Name, MachineProperties? Properties);

internal sealed record MachineProperties(
    string? ProvisioningState,
    DateTimeOffset? TimeCreated,
    MachineSystem? OsProfile
);

internal sealed record MachineSystem(string? ComputerName);

/// <summary>A change of the number of machines.</summary>
internal sealed record ScaleSetChange(ScaleSetSku Sku);

/// <summary>Which machines are to be deleted.</summary>
internal sealed record MachineIds(IReadOnlyList<string> InstanceIds);
