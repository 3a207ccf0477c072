metadata description = 'Private endpoints of the storage account and the vault.'

@description('The region.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Begins the names.')
@minLength(3)
@maxLength(10)
param namePrefix string

@description('The network that shall find the endpoints.')
@minLength(1)
param networkId string

@description('The subnet that they lie in.')
@minLength(1)
param subnetId string

@description('The storage account.')
@minLength(1)
param storageId string

@description('The vault.')
@minLength(1)
param vaultId string

var storageSuffix = environment().suffixes.storage
// The vaults' own domain has a part for private addresses: .vault.azure.net, .vaultcore.azure.net.
var vaultSuffix = replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')
var services = [
  { group: 'blob', zone: 'privatelink.blob.${storageSuffix}', target: storageId }
  { group: 'queue', zone: 'privatelink.queue.${storageSuffix}', target: storageId }
  { group: 'table', zone: 'privatelink.table.${storageSuffix}', target: storageId }
  { group: 'vault', zone: 'privatelink${vaultSuffix}', target: vaultId }
]

module endpoints 'endpoint.bicep' = [
  for service in services: {
    params: {
      location: location
      tags: tags
      namePrefix: namePrefix
      networkId: networkId
      subnetId: subnetId
      group: service.group
      zoneName: service.zone
      targetId: service.target
    }
  }
]
