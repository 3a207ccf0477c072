namespace Trainyard.Backends.Azure.Scaling;

/// <summary>The fields of a scale set that the service reads.</summary>
internal sealed record ScaleSetAnswer(ScaleSetSku Sku, ScaleSetProperties? Properties, string? Etag);

/// <summary>The size and the number of a scale set's machines.</summary>
internal sealed record ScaleSetSku(string? Name, string? Tier, long Capacity);

internal sealed record ScaleSetProperties(string? ProvisioningState);

/// <summary>A page of a scale set's machines.</summary>
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

/// <summary>The machines to delete.</summary>
internal sealed record MachineIds(IReadOnlyList<string> InstanceIds);
