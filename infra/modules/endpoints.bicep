metadata description = 'Private endpoints of the storage account and the vault, and the DNS zones in which the network finds them.'

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
var services = [
  { group: 'blob', zone: 'privatelink.blob.${storageSuffix}', target: storageId }
  { group: 'queue', zone: 'privatelink.queue.${storageSuffix}', target: storageId }
  { group: 'table', zone: 'privatelink.table.${storageSuffix}', target: storageId }
  { group: 'vault', zone: 'privatelink.vaultcore.azure.net', target: vaultId }
]

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for service in services: {
    name: service.zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (service, i) in services: {
    parent: zones[i]
    name: '${namePrefix}-network'
    location: 'global'
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2025-01-01' = [
  for service in services: {
    name: '${namePrefix}-${service.group}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        {
          name: service.group
          properties: { privateLinkServiceId: service.target, groupIds: [service.group] }
        }
      ]
    }
  }
]

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-01-01' = [
  for (service, i) in services: {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: service.group, properties: { privateDnsZoneId: zones[i].id } }]
    }
  }
]
